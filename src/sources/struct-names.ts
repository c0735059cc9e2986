import type { DataType, StructField } from '../ir/types.js';
import type { Problem } from '../store/shape.js';
import { legalName, Names } from './names.js';

/** What stands beside members in conditions. */
const OWN: readonly string[] = ['isNull', '_and', '_or', '_not'];

/** The type with members of names that GraphQL can hold. One that finds no free name is left out, and told. */
export function legalType(type: DataType, subject: string, problems: Problem[]): DataType {
  if (type.kind === 'list') {
    const of = legalType(type.of, subject, problems);
    return of === type.of ? type : { ...type, of };
  }
  if (type.kind !== 'struct') return type;
  const names = new Names(OWN);
  const fields = type.fields.flatMap((field): StructField[] => {
    const inner = legalType(field.type, `${subject}.${field.name}`, problems);
    const legal = OWN.includes(field.name) ? `${field.name}_` : legalName(field.name);
    if (!names.take(legal, field.name)) {
      const holder = names.holder(legal);
      const message =
        holder === null
          ? 'left out: it has no name that GraphQL can hold'
          : `left out: its name "${legal}" is taken by ${holder}`;
      problems.push({ subject: `${subject}.${field.name}`, message });
      return [];
    }
    if (legal === field.name) return [inner === field.type ? field : { ...field, type: inner }];
    return [{ ...field, name: legal, native: field.native ?? field.name, type: inner }];
  });
  const same = fields.length === type.fields.length && fields.every((field, i) => field === type.fields[i]);
  return same ? type : { ...type, fields };
}
