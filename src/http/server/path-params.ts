/** What a parameter of a path can be. */
export type ParamValue = string | number;

/** What each converter makes of its segment. */
interface Converted {
  readonly string: string;
  readonly int: number;
  readonly uuid: string;
  readonly path: string;
}

type Param<Text extends string> = Text extends `${infer Kind}:${infer Name}`
  ? Readonly<Record<Name, Kind extends keyof Converted ? Converted[Kind] : never>>
  : Readonly<Record<Text, string>>;

type Collected<Path extends string> = Path extends `${string}<${infer Text}>${infer Rest}`
  ? Param<Text> & Collected<Rest>
  : object;

type Flat<Params> = { readonly [key in keyof Params]: Params[key] };

/**
 * The parameters of a path, by name: of "/item/<int:id>/<name>" they are `{ id: number; name: string }`. Where the path
 * is not known to the compiler, neither are the names.
 */
export type PathParams<Path extends string> = string extends Path
  ? Readonly<Record<string, ParamValue>>
  : Flat<Collected<Path>>;
