import { Component, type ReactNode } from 'react';
import { useSignOut } from './account.tsx';
import { Notice } from './parts/notice.tsx';
import { useWords } from './words/words.tsx';

interface BoundaryProps {
  /** Identifies the content. If it changes, the content is tried again. */
  readonly shown: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly shown: string;
  readonly hasFailed: boolean;
  readonly tries: number;
}

/** If this part of the page fails, the other parts stay, and a notice is shown. React needs a class for this. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { shown: this.props.shown, hasFailed: false, tries: 0 };

  static getDerivedStateFromError(): Partial<BoundaryState> {
    return { hasFailed: true };
  }

  static getDerivedStateFromProps({ shown }: BoundaryProps, state: BoundaryState): BoundaryState | null {
    return shown === state.shown ? null : { shown, hasFailed: false, tries: 0 };
  }

  readonly again = (): void => {
    // Browsers don't load a failed script again until the page is reloaded.
    if (this.state.tries > 0) location.reload();
    else this.setState({ hasFailed: false, tries: 1 });
  };

  override render(): ReactNode {
    return this.state.hasFailed ? <Failed again={this.again} /> : this.props.children;
  }
}

function Failed({ again }: { readonly again: () => void }) {
  const { failed, again: tryAgain, account } = useWords();
  const signOut = useSignOut();
  return (
    <section className="page">
      <h1>{failed.title}</h1>
      <Notice title={failed.why} tone="error">
        <p>{failed.advice}</p>
        <div className="actions">
          <button type="button" onClick={again}>
            {tryAgain}
          </button>
          <button type="button" onClick={() => void signOut()}>
            {account.signOut}
          </button>
        </div>
      </Notice>
    </section>
  );
}
