import type { Duration } from "../duration.js";
import { FirstBoot, type FirstBootOptions } from "../scenarios/first-boot.js";
import type { StoryLine } from "../story.js";
import { Fields } from "./run/fields.js";
import type { Beginning, Scenarios } from "./run/index.js";

export const FIRST_BOOT = "first-boot";

/** In ms: as `wirelet sim --latency` has it. */
const MAX_LATENCY = 1_000;
const MAX_LOSS = 0.9;

/** How a run of `FirstBoot` begins. */
export function firstBootBeginning(
  seed: number,
  { loss, latency }: { readonly loss?: number | undefined; readonly latency?: number | undefined },
): Beginning {
  const options = { ...(loss !== undefined && { loss }), ...(latency !== undefined && { latency }) };
  return { scenario: FIRST_BOOT, seed, options };
}

/** What runs may begin with. @param onStory is told their stories */
export function standardScenarios(onStory?: (line: StoryLine) => void): Scenarios {
  return {
    [FIRST_BOOT]: (beginning) => {
      const { lan, router, device } = new FirstBoot({
        ...firstBootOptions(beginning),
        ...(onStory && { onStory }),
      });
      router.powerOn();
      device.powerOn();
      return lan;
    },
  };
}

/** @throws NetworkError EINVAL for options that the scenario does not have so */
export function firstBootOptions({ seed, options }: Beginning): FirstBootOptions {
  const fields = new Fields(options, `the options of ${FIRST_BOOT}`);
  const loss = fields.optionalNumber("loss", 0, MAX_LOSS);
  const latency: Duration | undefined = fields.optionalNumber("latency", 0, MAX_LATENCY);
  return { seed, ...(loss !== undefined && { loss }), ...(latency !== undefined && { latency }) };
}
