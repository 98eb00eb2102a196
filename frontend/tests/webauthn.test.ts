import { describe, expect, it } from 'vitest';

import { creation, credentialJson, fromBase64url, request, toBase64url } from '../src/api/webauthn';

describe('WebAuthn as JSON', () => {
  it('writes bytes as base64url without padding, and back', () => {
    // RFC 4648 section 10, and two bytes that differ between the alphabets
    expect(toBase64url(new TextEncoder().encode('fooba').buffer)).toBe('Zm9vYmE');
    expect(toBase64url(Uint8Array.of(251, 255).buffer)).toBe('-_8');
    for (let length = 0; length < 70; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37) % 256);
      expect([...fromBase64url(toBase64url(bytes.buffer))]).toEqual([...bytes]);
    }
  });

  it('asks for a passkey that stays on the device and asks for a PIN or finger', () => {
    const made = creation({
      rp: { name: 'SpineStudy' },
      user: { id: 'AQ', name: 'reader', displayName: 'reader' },
      challenge: 'AgM',
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      excludeCredentials: [{ type: 'public-key', id: 'BA' }],
    });
    expect([...(made.challenge as Uint8Array)]).toEqual([2, 3]);
    expect([...(made.user.id as Uint8Array)]).toEqual([1]);
    expect([...(made.excludeCredentials?.[0]?.id as Uint8Array)]).toEqual([4]);
    expect(made.authenticatorSelection?.residentKey).toBe('required');
    expect(made.authenticatorSelection?.userVerification).toBe('required');
  });

  it('asks any passkey of this site where none is named', () => {
    expect(request({ challenge: 'AQ' }).allowCredentials).toEqual([]);
  });

  it('leaves out what a credential lacks', () => {
    const buffer = (...bytes: number[]) => Uint8Array.from(bytes).buffer;
    const credential = {
      id: 'AQ',
      rawId: buffer(1),
      type: 'public-key',
      response: { clientDataJSON: buffer(2), signature: buffer(3), userHandle: null },
      getClientExtensionResults: () => ({}),
    } as unknown as PublicKeyCredential;
    expect(credentialJson(credential)).toEqual({
      id: 'AQ',
      rawId: 'AQ',
      type: 'public-key',
      response: { clientDataJSON: 'Ag', signature: 'Aw' },
      clientExtensionResults: {},
    });
  });
});
