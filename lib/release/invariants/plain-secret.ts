/** An address with a user's password in it, such as a database's connection string. */
const credentialsInAddress = /:\/\/[^/@\s]*:[^/@\s]+@/;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** Tokens that tell by their form what they are: GitHub, GitLab, Pulumi, AWS. */
const token = /\b(gh[pousr]_[A-Za-z0-9]{20,}|glpat-[\w-]{20,}|pul-[0-9a-f]{40}|AKIA[0-9A-Z]{16})\b/;
/** Names of variables that hold a secret. `…_FILE` names a file, which is no secret. */
const nameOfSecret = /(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/i;

/**
 * Why a value in clear is a secret that must not stand there (rule X5); undefined where it is none that can be recognized. The
 * answer never holds the value.
 * @param name the variable that has the value.
 */
export function plainSecret(name: string, value: string): string | undefined {
  if (credentialsInAddress.test(value)) return "an address with a password in it";
  if (privateKey.test(value)) return "a private key";
  if (token.test(value)) return "an access token";
  // A path or an address is where the secret lies, not the secret.
  const place = value === "" || /^(\/|[a-z][a-z0-9+.-]*:\/\/)/.test(value);
  return nameOfSecret.test(name) && !place ? "a variable that is named like a secret" : undefined;
}
