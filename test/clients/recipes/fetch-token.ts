/** In the page: asks your backend for a token, and for another one when half of its time is over. */
export function tokenFrom(url: string, ask: typeof fetch = fetch): () => Promise<string> {
  let token = '';
  let askAgainAt = 0;
  return async () => {
    if (Date.now() < askAgainAt) return token;
    const response = await ask(url, { method: 'POST' }); // the browser adds the cookie of the session
    if (!response.ok) throw new Error(`The backend gave no token: ${response.status}`); // if it is 401, show your sign-in
    const answer = (await response.json()) as { readonly token: string; readonly expiresIn: number };
    token = answer.token;
    askAgainAt = Date.now() + answer.expiresIn * 500;
    return token;
  };
}
