/** Passkeys: a form marked `data-passkey` asks the browser first, then goes to the server. */
import {
  type CreationJson,
  credentialJson,
  creation,
  request,
  type RequestJson,
} from '../api/webauthn';

interface FromServer {
  creation_options?: { publicKey: CreationJson };
  request_options?: { publicKey: RequestJson };
}

const WORDS: Record<string, string> = {
  NotAllowedError: 'No passkey was used. Try again, or sign in another way.',
  InvalidStateError: 'This device already holds a passkey of yours.',
  SecurityError: 'Passkeys need this site under its name and with TLS (or localhost).',
};

async function options(form: HTMLFormElement): Promise<FromServer> {
  const address = form.dataset.options;
  if (!address) {
    return JSON.parse(
      document.getElementById('passkey-options')?.textContent ?? '{}',
    ) as FromServer;
  }
  const response = await fetch(address, { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
  if (!response.ok) throw new Error(`The server answered ${response.status}. Try again later.`);
  return (await response.json()) as FromServer;
}

async function ask(form: HTMLFormElement): Promise<Credential | null> {
  if (!window.PublicKeyCredential) throw new DOMException('', 'SecurityError');
  const { creation_options, request_options } = await options(form);
  if (creation_options) {
    return navigator.credentials.create({ publicKey: creation(creation_options.publicKey) });
  }
  if (request_options) {
    return navigator.credentials.get({ publicKey: request(request_options.publicKey) });
  }
  throw new Error('This page is too old. Reload it.');
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
  const problem = form.querySelector<HTMLElement>('.errors[hidden]');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    ask(form).then(
      (credential) => {
        const field = form.elements.namedItem('credential') as HTMLInputElement;
        field.value = JSON.stringify(credentialJson(credential as PublicKeyCredential));
        form.submit();
      },
      (error: Error) => {
        if (!problem) return;
        problem.textContent = WORDS[error.name] ?? error.message;
        problem.hidden = false;
      },
    );
  });
}
