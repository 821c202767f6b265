import { faultTests } from './faults';

// Long connections are announced to end, freeze, find no gateway; what is acknowledged too late comes again.

faultTests(['streams', 'ladder'], ['streams', 'ladder']);
