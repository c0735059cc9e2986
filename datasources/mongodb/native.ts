import type { Entity, Field } from '../../src/ir/entity.js';
import type { Expression } from './expression.js';

/** What introspection leaves on entities and fields for the compiler: plain data. */
export interface NativeEntity {
  readonly collection: string;
}

export interface NativeField {
  /** The name as the documents have it. */
  readonly name: string;
  /** The store promises the type (a validator that refuses other documents); else it is what a sample had. */
  readonly sure: boolean;
  /** A 2dsphere index has it. */
  readonly sphere?: boolean;
  readonly text?: TextIndex;
  readonly vector?: VectorIndex;
}

/** All fields of a collection's text index, and what a hit in each counts. Of a wildcard: those that may hold text. */
export type TextIndex = readonly { readonly field: string; readonly weight: number }[];

/** An index of vectors; `filters` are the fields that it can ask beside the vector. */
export interface VectorIndex {
  readonly name: string;
  readonly filters: readonly string[];
}

export function collectionOf(entity: Entity): string {
  return (entity.native as NativeEntity).collection;
}

export function nativeOf(field: Field): NativeField {
  return field.native as NativeField;
}

const PLAIN = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

/** Whether a name stands for itself in paths: without dots, dollars and digits in front, and no mark of the driver's. */
export function isPlain(name: string): boolean {
  return PLAIN.test(name) && name !== '_bsontype';
}

/** Here alone a name of the store becomes part of an expression: what `of` has under this name. */
export function member(of: Expression, name: string): Expression {
  if (typeof of !== 'string' || !isPlain(name)) return inObject(of, name);
  return of === '$$ROOT' ? `$${name}` : `${of}.${name}`;
}

/** The same for any name, and of objects only. */
export function inObject(of: Expression, name: string): Expression {
  return { $getField: { field: { $literal: name }, input: of } };
}
