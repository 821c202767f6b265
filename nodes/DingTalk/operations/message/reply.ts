import { replyOperation } from '../../../shared/send/replyOperation';
import { dingTalk } from '../../platform';

export const reply = replyOperation(dingTalk);
