export function manyTables(count: number): string[];
export function targetsOf(i: number): number[];
