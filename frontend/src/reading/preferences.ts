/** Keys that a reader has chosen: with the account, and in this browser for want of a network. */
import { fetchPreferences, sendPreferences } from '../api/client';
import { chosenKeys, holderOf } from './actions';
import { GRID_NAMES } from './gridKeys';

const PLACE = 'spinestudy-keys';

type Keys = Readonly<Record<string, string[]>>;

function keep(keys: Keys): void {
  chosenKeys.value = keys;
  try {
    localStorage.setItem(PLACE, JSON.stringify(keys));
  } catch {
    // a full or forbidden storage: the account has them
  }
}

/** Take over what the account or, without a network, this browser knows. */
export async function loadKeys(): Promise<void> {
  try {
    chosenKeys.value = JSON.parse(localStorage.getItem(PLACE) ?? '{}') as Keys;
  } catch {
    // not ours
  }
  try {
    keep((await fetchPreferences()).keys);
  } catch {
    // what the browser has kept goes on
  }
}

/** Give an action another key; says in words why not, or "" when it is done. */
export async function chooseKey(id: string, name: string): Promise<string> {
  if (GRID_NAMES.has(name)) return `${name} belongs to the grid.`;
  const holder = holderOf(name, id);
  if (holder) return `${name} is taken: ${holder.words}.`;
  return store({ ...chosenKeys.value, [id]: [name] });
}

export const resetKeys = (): Promise<string> => store({});

async function store(keys: Keys): Promise<string> {
  keep(keys);
  try {
    await sendPreferences(keys);
    return '';
  } catch (error) {
    return `Kept in this browser only. ${(error as Error).message}`;
  }
}
