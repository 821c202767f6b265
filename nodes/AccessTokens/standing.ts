import { sleep } from 'n8n-workflow';
import { ProvedKeys } from '../../core/accessTokens/proved';
import { Standing } from '../../core/accessTokens/standing';

/** Of this process. Another one hears of a revocation from the table. */
export const standing = new Standing();

/** Of this process. */
export const proved = new ProvedKeys(sleep);
