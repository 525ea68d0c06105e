import { readFileSync, writeFileSync } from 'node:fs';
import { minifyIntrospection, outputIntrospectionFile } from '@gql.tada/internal';
import { buildSchema, introspectionFromSchema } from 'graphql';

const at = (path: string) => new URL(path, import.meta.url);

/** The schema in the form from which the types of documents are read, made from schema.graphql. */
export function schemaTypes(): string {
  const schema = buildSchema(readFileSync(at('../schema.graphql'), 'utf8'));
  const introspection = minifyIntrospection(introspectionFromSchema(schema));
  return outputIntrospectionFile(introspection, { fileType: '.d.ts', shouldPreprocess: true });
}

if (import.meta.main) writeFileSync(at('./schema.d.ts'), schemaTypes());
