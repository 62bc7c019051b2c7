import { MemoryHistory } from '../../functions/history/memory-store.ts';
import { describeHistoryStore } from './store-contract.ts';

describeHistoryStore(
  async () => {
    const store = new MemoryHistory();
    return { store, dump: async () => JSON.stringify(store.documents()) };
  },
  { numRuns: 1000 },
);
