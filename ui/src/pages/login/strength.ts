/**
 * How hard a password is to guess, roughly: 0 too short, 1 weak, 2 good, 3 strong. A help for the eye;
 * the gateway decides.
 */
export function strengthOf(password: string): 0 | 1 | 2 | 3 {
  if (password.length < 10) return 0;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) =>
    kind.test(password),
  ).length;
  const different = new Set(password).size;
  if (different < 6) return 1;
  const score = password.length + kinds * 3;
  return score >= 26 ? 3 : score >= 17 ? 2 : 1;
}
