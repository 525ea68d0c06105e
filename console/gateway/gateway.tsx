import type { Client } from 'graphql-ws';
import { type ReactNode, createContext, use } from 'react';
import { useView } from '../observed.ts';
import type { LinksView, Links } from './links.ts';
import type { Session, SessionView } from './session.ts';

/** The gateway as the pages know it: who is signed in, and the one socket. */
export interface Gateway {
  readonly session: Session;
  readonly client: Client;
  readonly links: Links;
}

const Context = createContext<Gateway | null>(null);

export function GatewayProvider({ gateway, children }: { readonly gateway: Gateway; readonly children: ReactNode }) {
  return <Context value={gateway}>{children}</Context>;
}

export function useGateway(): Gateway {
  const gateway = use(Context);
  if (!gateway) throw new Error('no gateway around this part of the page');
  return gateway;
}

export function useSession(): SessionView {
  return useView(useGateway().session);
}

export function useLinks(): LinksView {
  return useView(useGateway().links);
}
