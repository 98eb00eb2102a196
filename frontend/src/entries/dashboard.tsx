/** Live agreement of one reader study: fetched anew when an event says that a grade was stored. */
import { render } from 'preact';

import { followLive } from '../api/liveEvents';
import { Dashboard } from '../dashboard/Dashboard';
import { connection, refetch, root } from '../dashboard/state';

render(<Dashboard />, root);
refetch();
followLive(root.dataset.liveUrl ?? '', refetch, (state) => (connection.value = state));
