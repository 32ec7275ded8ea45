import type { LineState } from '../../api/imagine-socket';
import { formatNumber } from '../../i18n/format';
import type { Picture } from './wall';

export const MODES = ['continuous', 'single', 'request', 'edit'] as const;
export type DrawMode = (typeof MODES)[number];

interface ImagineMessages {
  readonly title: string;
  readonly hint: string;
  readonly mode: string;
  readonly modes: Readonly<Record<DrawMode, string>>;
  readonly modeHints: Readonly<Record<DrawMode, string>>;
  readonly prompt: string;
  readonly promptHint: string;
  readonly ratio: string;
  readonly ratioFree: string;
  readonly count: string;
  readonly perBatch: string;
  readonly concurrency: string;
  readonly sessions: string;
  readonly originals: string;
  readonly addOriginal: string;
  readonly draw: string;
  readonly start: string;
  readonly stop: string;
  readonly clear: string;
  readonly clearBody: string;
  readonly method: (name: string) => string;
  readonly state: string;
  readonly drawing: string;
  readonly idle: string;
  readonly line: Readonly<Record<Exclude<LineState, 'open'>, string>>;
  readonly lines: (count: number) => string;
  readonly pictures: string;
  readonly mean: string;
  readonly lastError: string;
  readonly empty: string;
  readonly emptyHint: string;
  readonly gallery: string;
  readonly states: Readonly<Record<Picture['state'], string>>;
  readonly progress: (percent: number) => string;
  readonly retry: string;
  readonly save: string;
  readonly enlarge: (prompt: string) => string;
  readonly preview: string;
  readonly broken: string;
  readonly reload: string;
}

export const messages: Readonly<Record<'en' | 'zh', ImagineMessages>> = {
  en: {
    title: 'Imagine playground',
    hint: 'Draw and edit pictures through the public API, as a caller does.',
    mode: 'Mode',
    modes: {
      continuous: 'Session, until stopped',
      single: 'Session, one batch',
      request: 'One request',
      edit: 'Edit pictures',
    },
    modeHints: {
      continuous: 'Batch after batch over a WebSocket, until you stop it.',
      single: 'One batch over a WebSocket.',
      request: 'POST /v1/images/generations, streamed.',
      edit: 'POST /v1/images/edits, streamed.',
    },
    prompt: 'Prompt',
    promptHint: 'What is to be seen',
    ratio: 'Ratio',
    ratioFree: 'As the original',
    count: 'Pictures',
    perBatch: 'Pictures a batch',
    concurrency: 'Calls at once',
    sessions: 'Sessions at once',
    originals: 'Pictures to edit',
    addOriginal: 'Add a picture',
    draw: 'Draw',
    start: 'Start',
    stop: 'Stop',
    clear: 'Clear',
    clearBody: 'The pictures that are not saved yet are forgotten.',
    method: (name) => `This gateway draws single requests by: ${name}`,
    state: 'State',
    drawing: 'Drawing',
    idle: 'Idle',
    line: {
      connecting: 'Connecting…',
      waiting: 'Line dropped, trying again…',
      closed: 'No session',
    },
    lines: (count) => (count === 1 ? 'Session attached' : `${count} sessions attached`),
    pictures: 'Pictures',
    mean: 'Mean time a picture',
    lastError: 'Last error',
    empty: 'No pictures yet',
    emptyHint: 'Write a prompt and draw.',
    gallery: 'Gallery',
    states: { drawing: 'Drawing…', done: 'Done', failed: 'Failed', stopped: 'Stopped' },
    progress: (percent) => `${formatNumber(Math.round(percent))} %`,
    retry: 'Try again',
    save: 'Save the picture',
    enlarge: (prompt) => `Enlarge: ${prompt}`,
    preview: 'Preview',
    broken: 'The picture did not load.',
    reload: 'Load again',
  },
  zh: {
    title: '绘图试用',
    hint: '像调用方一样，通过公开 API 绘制和修改图片。',
    mode: '模式',
    modes: {
      continuous: '会话，持续绘制',
      single: '会话，单批',
      request: '单次请求',
      edit: '修改图片',
    },
    modeHints: {
      continuous: '通过 WebSocket 一批接一批地绘制，直到停止。',
      single: '通过 WebSocket 绘制一批。',
      request: '流式调用 POST /v1/images/generations。',
      edit: '流式调用 POST /v1/images/edits。',
    },
    prompt: '提示词',
    promptHint: '想看到什么',
    ratio: '比例',
    ratioFree: '与原图相同',
    count: '张数',
    perBatch: '每批张数',
    concurrency: '并发调用',
    sessions: '并发会话',
    originals: '要修改的图片',
    addOriginal: '添加图片',
    draw: '绘制',
    start: '开始',
    stop: '停止',
    clear: '清空',
    clearBody: '尚未保存的图片将被移除。',
    method: (name) => `此网关绘制单次请求的方式：${name}`,
    state: '状态',
    drawing: '绘制中',
    idle: '空闲',
    line: {
      connecting: '连接中…',
      waiting: '连接断开，正在重试…',
      closed: '没有会话',
    },
    lines: (count) => (count === 1 ? '已接入会话' : `已接入 ${count} 个会话`),
    pictures: '图片',
    mean: '平均每张用时',
    lastError: '最近错误',
    empty: '还没有图片',
    emptyHint: '输入提示词后绘制。',
    gallery: '图库',
    states: { drawing: '绘制中…', done: '完成', failed: '失败', stopped: '已停止' },
    progress: (percent) => `${formatNumber(Math.round(percent))}%`,
    retry: '重试',
    save: '保存图片',
    enlarge: (prompt) => `放大：${prompt}`,
    preview: '预览',
    broken: '图片加载失败。',
    reload: '重新加载',
  },
};
