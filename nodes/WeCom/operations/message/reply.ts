import { replyOperation } from '../../../shared/send/replyOperation';
import { weCom } from '../../platform';

export const reply = replyOperation(weCom);
