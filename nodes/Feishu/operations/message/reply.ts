import { replyOperation } from '../../../shared/send/replyOperation';
import { feishu } from '../../platform';

export const reply = replyOperation(feishu);
