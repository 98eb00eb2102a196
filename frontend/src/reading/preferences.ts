/** What a reader has chosen: with the account, and in this browser for want of a network. */
import { fetchPreferences, sendPreferences } from '../api/client';
import { chosenKeys, holderOf } from './actions';
import { GRID_NAMES } from './gridKeys';
import * as state from './state';

const PLACE = 'spinestudy-keys';
const OPACITY_PLACE = 'spinestudy-ai-opacity';

type Keys = Readonly<Record<string, string[]>>;

function keep(keys: Keys): void {
  chosenKeys.value = keys;
  try {
    localStorage.setItem(PLACE, JSON.stringify(keys));
  } catch {
    // a full or forbidden storage: the account has them
  }
}

function useOpacity(percent: number | null): void {
  if (percent === null || !(percent >= 0 && percent <= 100)) return;
  state.aiOpacity.value = percent / 100;
  state.viewing.current?.set({ aiOpacity: state.shownOpacity.value });
}

/** Keep the opacity of AI's overlays for this reader's next cases. */
export async function keepOpacity(percent: number): Promise<void> {
  try {
    localStorage.setItem(OPACITY_PLACE, String(percent));
    await sendPreferences({ ai_opacity: percent });
  } catch {
    // kept in this browser only, or for this case only
  }
}

/** Take over what the account or, without a network, this browser knows. */
export async function loadPreferences(): Promise<void> {
  try {
    const kept = localStorage.getItem(OPACITY_PLACE);
    useOpacity(kept === null ? null : Number(kept));
    chosenKeys.value = JSON.parse(localStorage.getItem(PLACE) ?? '{}') as Keys;
  } catch {
    // not ours
  }
  try {
    const found = await fetchPreferences();
    keep(found.keys);
    useOpacity(found.ai_opacity);
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
    await sendPreferences({ keys });
    return '';
  } catch (error) {
    return `Kept in this browser only. ${(error as Error).message}`;
  }
}
