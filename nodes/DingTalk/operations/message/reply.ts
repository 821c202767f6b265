import { replyOperation } from '../../../shared/send/replyOperation';
import { replyOnDingTalk } from '../../send/reply';

export const reply = replyOperation('dingtalk', 'DingTalk', replyOnDingTalk);
