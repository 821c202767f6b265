import { replyOperation } from '../../../shared/send/replyOperation';
import { replyOnFeishu } from '../../send/reply';

export const reply = replyOperation('feishu', 'Feishu', replyOnFeishu);
