import type { Location } from "../script-error.js";

/** The part of Python that scripts use in their code blocks. */
export type Statement = { readonly location: Location } & (
  | { readonly kind: "assert"; readonly condition: PythonExpression; readonly message?: PythonExpression }
  | { readonly kind: "assign"; readonly name: string; readonly value: PythonExpression }
  | { readonly kind: "expression"; readonly value: PythonExpression }
);

export type PythonExpression = { readonly location: Location; readonly text: string } & (
  | { readonly kind: "literal"; readonly value: PythonValue }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "tuple"; readonly items: readonly PythonExpression[] }
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly PythonExpression[] }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: PythonExpression }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: PythonExpression;
      readonly right: PythonExpression;
    }
  | {
      readonly kind: "logical";
      readonly operator: "and" | "or";
      readonly operands: readonly PythonExpression[];
    }
  /** `a <= b < c`: one operator fewer than operands. */
  | {
      readonly kind: "comparison";
      readonly operands: readonly PythonExpression[];
      readonly operators: readonly string[];
    }
  | {
      readonly kind: "conditional";
      readonly condition: PythonExpression;
      readonly then: PythonExpression;
      readonly otherwise: PythonExpression;
    }
);

/** Numbers are exact up to 2⁵³; an array is a tuple. */
export type PythonValue = number | boolean | string | null | readonly PythonValue[];
