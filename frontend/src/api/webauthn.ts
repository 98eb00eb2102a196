/**
 * WebAuthn options and credentials as JSON (W3C Web Authentication Level 3, section 5.1): bytes
 * are base64url without padding. Written out because not every browser in use can do it itself.
 */
type Bytes = Uint8Array<ArrayBuffer>;

interface DescriptorJson {
  type: 'public-key';
  id: string;
  transports?: AuthenticatorTransport[];
}

export interface CreationJson extends Omit<
  PublicKeyCredentialCreationOptions,
  'challenge' | 'user' | 'excludeCredentials' | 'extensions'
> {
  challenge: string;
  user: { id: string; name: string; displayName: string };
  excludeCredentials?: DescriptorJson[];
  extensions?: AuthenticationExtensionsClientInputs;
}

export interface RequestJson extends Omit<
  PublicKeyCredentialRequestOptions,
  'challenge' | 'allowCredentials' | 'extensions'
> {
  challenge: string;
  allowCredentials?: DescriptorJson[];
}

export function fromBase64url(text: string): Bytes {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

export function toBase64url(bytes: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const described = (list: DescriptorJson[] = []): PublicKeyCredentialDescriptor[] =>
  list.map((one) => ({ ...one, id: fromBase64url(one.id) }));

/** A passkey that signs in by itself: kept by the device, and it asks for a PIN or a finger. */
export function creation(json: CreationJson): PublicKeyCredentialCreationOptions {
  return {
    ...json,
    challenge: fromBase64url(json.challenge),
    user: { ...json.user, id: fromBase64url(json.user.id) },
    excludeCredentials: described(json.excludeCredentials),
    authenticatorSelection: {
      ...json.authenticatorSelection,
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
  };
}

export function request(json: RequestJson): PublicKeyCredentialRequestOptions {
  return {
    ...json,
    challenge: fromBase64url(json.challenge),
    allowCredentials: described(json.allowCredentials),
  };
}

/** What the browser has made, as the server reads it. */
export function credentialJson(credential: PublicKeyCredential): Record<string, unknown> {
  const response = credential.response as AuthenticatorAttestationResponse &
    AuthenticatorAssertionResponse;
  const bytes: Record<string, ArrayBuffer | null | undefined> = {
    clientDataJSON: response.clientDataJSON,
    attestationObject: response.attestationObject,
    authenticatorData: response.authenticatorData,
    signature: response.signature,
    userHandle: response.userHandle,
  };
  const texts = Object.entries(bytes).flatMap(([name, value]) =>
    value instanceof ArrayBuffer ? [[name, toBase64url(value)]] : [],
  );
  return {
    id: credential.id,
    rawId: toBase64url(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(texts) as Record<string, string>,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}
