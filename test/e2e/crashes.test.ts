import { faultTests } from './faults';

// n8n is killed and restarted, messages come twice and faster than they are answered.

faultTests(['kill', 'order', 'duplicates'], ['kill', 'order', 'duplicates']);
