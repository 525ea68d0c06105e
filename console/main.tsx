import './styles/console.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { GatewayProvider } from './gateway/gateway.tsx';
import { Links } from './gateway/links.ts';
import { isTaken } from './gateway/request.ts';
import { Session, takeTokenFromAddress } from './gateway/session.ts';
import { connect } from './gateway/stream.ts';
import { openStore } from './storage.ts';
import { keepLocales } from './words/locales.ts';
import { WordsProvider } from './words/words.tsx';

keepLocales(navigator);
const session = new Session(openStore(() => sessionStorage));
const links = new Links(session, isTaken);
const followLink = () => {
  const token = takeTokenFromAddress(location, history);
  if (token !== null) void links.follow(token);
};
followLink();
// A link that is followed in a tab where the console is open already.
addEventListener('hashchange', followLink);
const gateway = { session, links, client: connect(session, location.origin) };

createRoot(document.querySelector('#console')!).render(
  <WordsProvider store={openStore(() => localStorage)}>
    <GatewayProvider gateway={gateway}>
      <App />
    </GatewayProvider>
  </WordsProvider>,
);
