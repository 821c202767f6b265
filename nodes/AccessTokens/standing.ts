import { sleep } from 'n8n-workflow';
import { ProvedKeys } from '../../core/accessTokens/proved';
import { AdmittedCallers } from '../../core/accessTokens/standing';

/** Of this process. Another one hears of a revocation from the table. */
export const standing = new AdmittedCallers();

/** Of this process. */
export const proved = new ProvedKeys(sleep);
