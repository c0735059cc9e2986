import type { Capabilities } from '../store/capabilities.js';
import type { Slots } from './slots.js';

/** What planning needs to know beside the question. */
export interface PlanContext {
  readonly capabilitiesOf: (source: string) => Capabilities;
  readonly slots: Slots;
  /** The rows that one scan may give to compute; null where scans are streamed to their end. */
  readonly rowBudget: number | null;
  /** The join values that a filter may bring from another source. */
  readonly keyBudget: number;
}
