import type { MigrationInterface, QueryRunner } from 'typeorm';

export class First1795478400000 implements MigrationInterface {
  readonly name = 'First1795478400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table trainyard.source_shape (
        source text not null,
        version integer not null check (version > 0),
        engine text not null,
        shape jsonb not null,
        read_at timestamptz not null,
        primary key (source, version)
      );
      create table trainyard.secret (name text primary key, value bytea not null);
      create table trainyard.meta (name text primary key, value text not null)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table trainyard.source_shape, trainyard.secret, trainyard.meta');
  }
}
