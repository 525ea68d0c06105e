import { type ReactNode, Suspense, lazy, useEffect, useRef, useState } from 'react';
import { Link, Redirect, Route, Router, Switch, useLocation, useSearch } from 'wouter';
import { Account } from './account.tsx';
import { Boundary } from './boundary.tsx';
import { Expired } from './expired.tsx';
import { type Claims, identityOf, isOperator, mayRead } from './gateway/claims.ts';
import { useLinks, useSession } from './gateway/gateway.tsx';
import { Feed } from './feed/feed.tsx';
import { Watch } from './feed/watch.tsx';
import { Palette } from './palette.tsx';
import { addressNow } from './parts/filter.ts';
import { Notice } from './parts/notice.tsx';
import { Quarantine } from './quarantine/quarantine.tsx';
import { useDesk } from './quarantine/use-desk.ts';
import { SignIn } from './sign-in.tsx';
import { RefusedLink, Stranger } from './stranger.tsx';
import { Today } from './today/today.tsx';
import { useWords } from './words/words.tsx';

/** Loaded apart with its charts, which the other pages don't need. */
const Overview = lazy(() => import('./overview/overview.tsx').then(({ Overview }) => ({ default: Overview })));

/** Loaded apart: the story of one thing or one person, with the words for it. */
const Story = lazy(() => import('./story/story.tsx').then(({ Story }) => ({ default: Story })));
const Person = lazy(() => import('./story/person.tsx').then(({ Person }) => ({ default: Person })));
const Door = lazy(() => import('./door/door.tsx').then(({ Door }) => ({ default: Door })));

/** Only for operators. */
const SourcesPage = lazy(() =>
  import('./sources/sources-page.tsx').then((module) => ({ default: module.SourcesPage })),
);

const PAGES = ['today', 'events', 'overview', 'sources', 'quarantine'] as const;
/** Pages for operators. */
const OPERATORS: readonly string[] = ['sources', 'quarantine'];

/** Pages that are reached from other pages and by Ctrl-K. */
const FURTHER = ['story', 'person', 'door'] as const;

/** Shows the pages, or asks for a token if there is none. */
export function App() {
  const words = useWords();
  const { signedIn, looking } = useSession();
  const { trying } = useLinks();
  return (
    <Router base="/console">
      {(trying || looking) && !signedIn ? <p className="loading">{words.loading}</p> : <Somebody />}
      <Stranger />
    </Router>
  );
}

function Somebody() {
  const { signedIn } = useSession();
  const [first] = useState(signedIn);
  const [location] = useLocation();
  if (!signedIn) return <SignIn />;
  const who = identityOf(signedIn.claims);
  return (
    <Boundary shown={`${who} ${location}`}>
      {/* Somebody else begins anew: nothing of what was shown to the one before is kept. */}
      <Pages key={who} claims={signedIn.claims} justSignedIn={signedIn !== first} />
    </Boundary>
  );
}

interface PagesProps {
  readonly claims: Claims;
  readonly justSignedIn: boolean;
}

function Pages({ claims, justSignedIn }: PagesProps) {
  const words = useWords();
  const [location] = useLocation();
  const operator = isOperator(claims);
  const desk = useDesk(operator);
  const pages = PAGES.filter((page) => (OPERATORS.includes(page) ? operator : mayRead(claims) || !operator));
  const here = PAGES.find((page) => location === `/${page}`);
  const further = FURTHER.find((one) => location === `/${one}`);
  const page = here ? words.pages[here] : further ? words.further[further] : words.notFound.title;
  useEffect(() => {
    document.title = words.title(page);
  }, [words, page]);
  return (
    <>
      <a className="skip" href="#content">
        {words.skip}
      </a>
      <header className="top">
        <Link href="/" className="brand">
          hookcast
        </Link>
        <nav aria-label={words.navigation}>
          {pages.map((name) => (
            <Link key={name} href={`/${name}`} aria-current={name === here ? 'page' : undefined}>
              {words.pages[name]}
              {name === 'quarantine' && desk.waiting ? <Waiting count={desk.waiting} /> : null}
            </Link>
          ))}
        </nav>
        <Palette
          pages={[
            ...pages.map((name) => ({ name: words.pages[name], href: `/${name}` })),
            ...(mayRead(claims) ? [{ name: words.further.door, href: '/door' }] : []),
          ]}
        />
        <Account />
      </header>
      <RefusedLink />
      <Main label={page} location={location} justSignedIn={justSignedIn}>
        <Switch>
          <Route path="/">
            <Redirect to={`/${pages[0]}`} replace />
          </Route>
          <Route path="/quarantine">
            <Quarantine desk={desk} />
          </Route>
          {mayRead(claims) ? null : (
            <Route path="/:page">
              <Unseen title={page} why={words.blind.title} advice={words.blind.advice} />
            </Route>
          )}
          <Route path="/sources" component={SourcesPage} />
          <Route path="/today" component={Today} />
          <Route path="/events" component={Feed} />
          <Route path="/story" component={Story} />
          <Route path="/person" component={Person} />
          <Route path="/door" component={Door} />
          {/* What the list was called before, when it was two. */}
          {['/live', '/history'].map((path) => (
            <Route key={path} path={path}>
              <Former />
            </Route>
          ))}
          <Route path="/overview">
            <Overview waiting={desk.waiting} />
          </Route>
          <Route>
            <Unseen title={page} why={words.notFound.why} advice={words.notFound.advice} />
          </Route>
        </Switch>
      </Main>
      <Expired />
      {mayRead(claims) ? <Watch /> : null}
    </>
  );
}

function Former() {
  const search = useSearch();
  return <Redirect to={`/events${addressNow(new URLSearchParams(search))}`} replace />;
}

interface UnseenProps {
  readonly title: string;
  readonly why: string;
  readonly advice: string;
}

/** Shown if there is no such page, or not for this token. */
function Unseen({ title, why, advice }: UnseenProps) {
  return (
    <section className="page">
      <header className="page-head">
        <h1>{title}</h1>
      </header>
      <Notice title={why}>
        <p>{advice}</p>
      </Notice>
    </section>
  );
}

/** The number of waiting deliveries, beside the page's name. */
function Waiting({ count }: { readonly count: string }) {
  const words = useWords();
  return (
    <>
      <span className="count" aria-hidden="true">
        {count}
      </span>
      <span className="hidden">{words.quarantine.waitingCount(count)}</span>
    </>
  );
}

interface MainProps {
  readonly label: string;
  readonly location: string;
  readonly justSignedIn: boolean;
  readonly children: ReactNode;
}

/** The page's content. When another page is chosen, it gets the focus and its name is read aloud. */
function Main({ label, location, justSignedIn, children }: MainProps) {
  const words = useWords();
  const search = useSearch();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(justSignedIn ? null : location);
  useEffect(() => {
    const last = shown.current;
    shown.current = location;
    // When the page loads, the browser begins at the top. The address `/` only leads to the first page and is not announced.
    if (last !== location && last !== '/') main.current?.focus({ preventScroll: true });
  }, [location]);
  return (
    <main id="content" ref={main} tabIndex={-1} aria-label={label}>
      <Boundary shown={`${location}?${search}`}>
        <Suspense fallback={<p className="loading">{words.loading}</p>}>{children}</Suspense>
      </Boundary>
    </main>
  );
}
