import { useMemo } from 'react';
import { useQuery } from '../gateway/query.ts';
import { graphql } from '../gateway/graphql.ts';
import type { Row } from './event.ts';

const NAMES = graphql(`
  query SourceNames {
    sources {
      name
    }
  }
`);

const NONE = {};

/** The sources as a choice: the configured ones and those of rows, which may have been removed since. */
export function useSourceNames(rows: readonly Row[]): readonly string[] {
  const { data } = useQuery(NAMES, NONE);
  return useMemo(() => {
    const configured = (data?.sources ?? []).map(({ name }) => name);
    return [...new Set([...configured, ...rows.map(({ node }) => node.source)])].toSorted();
  }, [data, rows]);
}
