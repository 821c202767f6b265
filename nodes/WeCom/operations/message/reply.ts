import { replyOperation } from '../../../shared/send/replyOperation';
import { replyOnWeCom } from '../../send/reply';

export const reply = replyOperation('wecom', 'WeCom', replyOnWeCom);
