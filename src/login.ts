/** A URL without the user and password that stand in it, and these beside it; null without a user. */
export function withoutLogin(text: string): {
  readonly url: string;
  readonly login: { readonly user: string; readonly password: string } | null;
} {
  const url = new URL(text);
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = '';
  url.password = '';
  return { url: url.href, login: user === '' ? null : { user, password } };
}
