import { faultTests } from './faults';

// The other sides fail, refuse and limit; what is stored is damaged.

faultTests(['damage', 'outage', 'limits', 'permanent'], ['outage', 'limits', 'permanent']);
