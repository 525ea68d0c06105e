import type { Client } from 'graphql-ws';
import { type ReactNode, createContext, use } from 'react';
import type { Bells } from '../feed/bells.ts';
import { useView } from '../observed.ts';
import type { LinksView, Links } from './links.ts';
import type { Session, SessionView } from './session.ts';

/** The gateway for the pages: who is signed in, the one socket, and the chosen notifications. */
export interface Gateway {
  readonly session: Session;
  readonly client: Client;
  readonly links: Links;
  readonly bells: Bells;
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
