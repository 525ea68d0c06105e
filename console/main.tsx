import './styles/console.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { Bells } from './feed/bells.ts';
import { GatewayProvider } from './gateway/gateway.tsx';
import { Links } from './gateway/links.ts';
import { isTaken } from './gateway/request.ts';
import { Session, takeRefusalFromAddress, takeTokenFromAddress } from './gateway/session.ts';
import { sessions } from './gateway/sessions.ts';
import { connect } from './gateway/stream.ts';
import { takePlace } from './place.ts';
import { openStore } from './storage.ts';
import { keepLocales } from './words/locales.ts';
import { WordsProvider } from './words/words.tsx';

keepLocales(navigator);
const store = openStore(() => sessionStorage);
const place = takePlace(store, location);
if (place !== null) history.replaceState(history.state, '', place + location.hash);
const session = new Session(store, sessions, new BroadcastChannel('hookcast.session'));
const links = new Links(session, isTaken);
const followLink = () => {
  const token = takeTokenFromAddress(location, history);
  if (token !== null) void links.follow(token);
};
const refusal = takeRefusalFromAddress(location, history);
if (refusal !== null) links.refuse(refusal);
// A link's token is tried only once it is known who is signed in, since no link may sign in somebody else without a question.
const token = takeTokenFromAddress(location, history);
if (token === null) void session.look();
else void links.follow(token, session.look());
// A link may be followed in a tab in which the console is already open.
addEventListener('hashchange', followLink);
const bells = new Bells(openStore(() => localStorage));
addEventListener('storage', () => bells.look());
const gateway = { session, links, bells, client: connect(session, location.origin) };

createRoot(document.querySelector('#console')!).render(
  <WordsProvider store={openStore(() => localStorage)}>
    <GatewayProvider gateway={gateway}>
      <App />
    </GatewayProvider>
  </WordsProvider>,
);
