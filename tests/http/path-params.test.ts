import { describe, expect, it } from "@jest/globals";
import { Router, type HttpRequest, type PathParams } from "../../src/http/index.js";

// The compiler is what tests here: `npx tsc -p .` fails where a type is not what it is said to be.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type All<Truths extends true[]> = Truths;

/** Takes only what is of just this type. */
type Exactly<Expected> = <Actual>(
  value: Actual,
  ...same: Equal<Actual, Expected> extends true ? [] : [never]
) => void;

const isNumber: Exactly<number> = () => undefined;

it("the types of parameters are those of their converters", () => {
  const truths: All<
    [
      Equal<PathParams<"/item/<int:id>/">, { readonly id: number }>,
      Equal<PathParams<"/<name>">, { readonly name: string }>,
      Equal<PathParams<"/<string:name>">, { readonly name: string }>,
      Equal<PathParams<"/<uuid:id>/<path:rest>">, { readonly id: string; readonly rest: string }>,
      Equal<PathParams<"/<a>/x/<int:b>/<c>">, { readonly a: string; readonly b: number; readonly c: string }>,
      Equal<keyof PathParams<"/about">, never>,
      Equal<PathParams<"/<float:x>">, { readonly x: never }>,
      Equal<PathParams<string>, Readonly<Record<string, string | number>>>,
    ]
  > = [true, true, true, true, true, true, true, true];
  expect(truths).not.toContain(false);
});

describe("a handler gets its path's parameters", () => {
  it("with every method", () => {
    const router = new Router()
      .get("/<int:id>/", ({ params }) => isNumber(params.id))
      .post("/<int:id>/", ({ params }) => isNumber(params.id))
      .put("/<int:id>/", ({ params }) => isNumber(params.id))
      .delete("/<int:id>/", ({ params }) => isNumber(params.id))
      .patch("/<int:id>/", ({ params }) => isNumber(params.id))
      .options("/<int:id>/", ({ params }) => isNumber(params.id))
      .head("/<int:id>/", ({ params }) => isNumber(params.id))
      .all("/<int:id>/", ({ params }) => isNumber(params.id))
      .route("BREW", "/<int:id>/", async ({ params }) => isNumber(params.id));
    for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY", "BREW"])
      expect(router.find(method, "/5/")).toMatchObject({ params: { id: 5 } });
  });

  it("and no others", () => {
    const router = new Router();
    // @ts-expect-error -- there is no parameter of this name
    router.get("/<int:other>", ({ params }) => params.id);
    // @ts-expect-error -- a number is no text
    router.get("/text/<int:id>", ({ params }) => params.id.toLowerCase());
    router.get("/set/<int:id>", ({ params }) => {
      // @ts-expect-error -- it is not the handler's to set
      params.id = 5;
    });
    expect(router.find("GET", "/set/7")).toMatchObject({ params: { id: 7 } });
  });

  it("and those of the prefix that its router is mounted under, if it says that it needs them", () => {
    const root = new Router();
    const posts = new Router<{ readonly user: number }>();
    posts.get("/<int:post>", ({ params }) => {
      isNumber(params.user);
      isNumber(params.post);
    });
    root.mount("/user/<int:user>", posts).mount("/anonymous/<int:id>", new Router());
    // @ts-expect-error -- the prefix does not give what the handlers need
    root.mount("/post", new Router<{ readonly user: number }>());
    // @ts-expect-error -- it gives a text where they need a number
    root.mount("/named/<user>", new Router<{ readonly user: number }>());
    expect(root.find("GET", "/user/5/6")).toMatchObject({ params: { user: 5, post: 6 } });
  });

  it("also where the handler is written apart", () => {
    const show = ({ params }: HttpRequest<{ readonly id: number }>): void => isNumber(params.id);
    const router = new Router().get("/<int:id>", show);
    // @ts-expect-error -- the path does not give what it needs
    router.get("/show", show);
    expect(router.find("GET", "/5")).toMatchObject({ params: { id: 5 } });
  });
});
