import { formatDuration, formatNumber } from '../../i18n/format';
import type { Effort } from './session';

interface ChatMessages {
  readonly title: string;
  readonly hint: string;
  readonly empty: string;
  readonly emptyHint: string;
  readonly conversation: string;
  readonly options: string;
  readonly system: string;
  readonly systemHint: string;
  readonly stream: string;
  readonly temperature: string;
  readonly temperatureHint: string;
  readonly effort: string;
  readonly efforts: Readonly<Record<Effort, string>>;
  readonly clear: string;
  readonly clearBody: string;
  readonly message: string;
  readonly messageHint: string;
  readonly attach: string;
  readonly attachedPicture: (number: number) => string;
  readonly send: string;
  readonly stop: string;
  readonly you: string;
  readonly edit: string;
  readonly editMessage: string;
  readonly cancel: string;
  readonly resend: string;
  readonly retry: string;
  readonly thinking: string;
  readonly reasoning: string;
  readonly writing: string;
  readonly stopped: string;
  readonly noWords: string;
  readonly sources: (count: number) => string;
  readonly usage: (input: number, output: number) => string;
  readonly firstWord: (ms: number) => string;
  readonly total: (ms: number) => string;
  readonly enlarge: string;
  readonly pictureFailed: string;
}

export const messages: Readonly<Record<'en' | 'zh', ChatMessages>> = {
  en: {
    title: 'Chat playground',
    hint: 'Talk to a model through the public API, as a caller does.',
    empty: 'Nothing said yet',
    emptyHint: 'Write a message below. Pictures can be pasted, dropped or chosen.',
    conversation: 'Conversation',
    options: 'Options',
    system: 'System prompt',
    systemHint: 'Said before every conversation.',
    stream: 'Stream the answer',
    temperature: 'Temperature',
    temperatureHint: '0 to 2; empty leaves it to the model.',
    effort: 'Reasoning effort',
    efforts: {
      '': 'As the model has it',
      none: 'None',
      minimal: 'Minimal',
      low: 'Low',
      medium: 'Medium',
      high: 'High',
      xhigh: 'Highest',
    },
    clear: 'Clear',
    clearBody: 'The whole conversation is forgotten.',
    message: 'Message',
    messageHint: 'Message… Enter sends, Shift+Enter breaks the line',
    attach: 'Attach pictures',
    attachedPicture: (number) => `Attached picture ${number}`,
    send: 'Send',
    stop: 'Stop',
    you: 'You',
    edit: 'Edit',
    editMessage: 'Edit the message',
    cancel: 'Cancel',
    resend: 'Send again',
    retry: 'Ask again',
    thinking: 'Thinking…',
    reasoning: 'Reasoning',
    writing: 'Waiting for the answer…',
    stopped: 'Stopped.',
    noWords: 'The answer has no words.',
    sources: (count) => (count === 1 ? '1 source' : `${formatNumber(count)} sources`),
    usage: (input, output) => `${formatNumber(input)} tokens in, ${formatNumber(output)} out`,
    firstWord: (ms) => `first word after ${formatDuration(ms)}`,
    total: (ms) => `${formatDuration(ms)} in all`,
    enlarge: 'Enlarge the picture',
    pictureFailed: 'The picture did not load: click to retry',
  },
  zh: {
    title: '对话试用',
    hint: '像调用方一样，通过公开 API 与模型对话。',
    empty: '还没有消息',
    emptyHint: '在下方输入消息。图片可以粘贴、拖入或选择。',
    conversation: '对话内容',
    options: '选项',
    system: '系统提示词',
    systemHint: '放在每次对话之前。',
    stream: '流式输出',
    temperature: '温度',
    temperatureHint: '0 到 2；留空则由模型决定。',
    effort: '推理强度',
    efforts: {
      '': '由模型决定',
      none: '不推理',
      minimal: '极低',
      low: '低',
      medium: '中',
      high: '高',
      xhigh: '最高',
    },
    clear: '清空',
    clearBody: '整个对话将被删除。',
    message: '消息',
    messageHint: '输入消息… Enter 发送，Shift+Enter 换行',
    attach: '添加图片',
    attachedPicture: (number) => `第 ${number} 张附图`,
    send: '发送',
    stop: '停止',
    you: '你',
    edit: '编辑',
    editMessage: '编辑消息',
    cancel: '取消',
    resend: '重新发送',
    retry: '重新回答',
    thinking: '思考中…',
    reasoning: '推理过程',
    writing: '等待回答…',
    stopped: '已停止。',
    noWords: '回答没有内容。',
    sources: (count) => `${formatNumber(count)} 个来源`,
    usage: (input, output) => `输入 ${formatNumber(input)}、输出 ${formatNumber(output)} 个 token`,
    firstWord: (ms) => `首字 ${formatDuration(ms)}`,
    total: (ms) => `共 ${formatDuration(ms)}`,
    enlarge: '放大图片',
    pictureFailed: '图片加载失败，点击重试',
  },
};
