export interface Fault {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly suites: readonly string[];
}
export const FAULTS: readonly Fault[];
