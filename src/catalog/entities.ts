import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SourceShape } from '../store/shape.js';

/** What was read from a source; a new version when it differs from the one before. */
@Entity('source_shape')
export class SourceShapeRow {
  @PrimaryColumn('text')
  source!: string;

  @PrimaryColumn('integer')
  version!: number;

  @Column('text')
  engine!: string;

  @Column('jsonb')
  shape!: SourceShape;

  @Column('timestamptz', { name: 'read_at' })
  readAt!: Date;
}

/** Random bytes that every gateway on this catalog shares. */
@Entity('secret')
export class SecretRow {
  @PrimaryColumn('text')
  name!: string;

  @Column('bytea')
  value!: Buffer;
}

/** Facts about the catalog itself: `version` is the program that migrated it last. */
@Entity('meta')
export class MetaRow {
  @PrimaryColumn('text')
  name!: string;

  @Column('text')
  value!: string;
}

export const ENTITIES = [SourceShapeRow, SecretRow, MetaRow];
