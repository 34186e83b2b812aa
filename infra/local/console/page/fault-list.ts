import type { FaultSwitch } from '../server/view.ts';
import { byId, element } from './element.ts';
import { send } from './send.ts';

/**
 * The switches of faults and habits. They show the state of the emulator, no matter which page or program changed it.
 */
export const faultList = (onTrouble: (sentence: string) => void): { apply(switches: readonly FaultSwitch[]): void } => {
  const lists = { faults: byId('faults', HTMLUListElement), habits: byId('habits', HTMLUListElement) };
  const boxes = new Map<string, HTMLInputElement>();

  const make = ({ id, group, label, explanation }: FaultSwitch): HTMLInputElement => {
    const box = element('input', {
      type: 'checkbox',
      role: 'switch',
      id: `fault-${id}`,
      'aria-describedby': `about-${id}`,
    });
    box.addEventListener('change', async () => {
      const wanted = box.checked;
      const { trouble } = await send('PUT', `/faults/${id}`, { on: wanted });
      if (trouble === undefined) return;
      box.checked = !wanted;
      onTrouble(trouble);
    });
    const words = element('span', { class: 'switch-label' }, label);
    const track = element('span', { class: 'track', 'aria-hidden': 'true' });
    lists[group].append(
      element(
        'li',
        {},
        element('label', { class: 'switch' }, box, track, words),
        element('p', { class: 'hint', id: `about-${id}` }, element('strong', {}, `${label}: `), explanation),
      ),
    );
    boxes.set(id, box);
    return box;
  };

  return {
    apply(switches) {
      for (const each of switches) (boxes.get(each.id) ?? make(each)).checked = each.on;
    },
  };
};
