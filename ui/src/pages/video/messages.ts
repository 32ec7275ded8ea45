import type { VideoPreset, VideoStatus } from '../../../../src/contract/videos';
import { formatNumber, formatShortTime } from '../../i18n/format';

interface VideoMessages {
  readonly title: string;
  readonly hint: string;
  readonly prompt: string;
  readonly promptHint: string;
  readonly ratio: string;
  readonly seconds: string;
  readonly resolution: string;
  readonly preset: string;
  readonly presets: Readonly<Record<VideoPreset, string>>;
  readonly reference: string;
  readonly addReference: string;
  readonly create: string;
  readonly creating: string;
  readonly videos: string;
  readonly refresh: string;
  readonly statuses: Readonly<Record<VideoStatus, string>>;
  readonly progress: (percent: number) => string;
  readonly about: (seconds: string, size: string) => string;
  readonly created: (at: number) => string;
  readonly expires: (at: number) => string;
  readonly save: string;
  readonly remove: string;
  readonly removeBody: string;
  readonly removed: string;
  readonly gone: string;
  readonly more: string;
  readonly empty: string;
  readonly emptyHint: string;
}

export const messages: Readonly<Record<'en' | 'zh', VideoMessages>> = {
  en: {
    title: 'Video playground',
    hint: 'Make videos through the public API, as a caller does.',
    prompt: 'Prompt',
    promptHint: 'What happens in the video',
    ratio: 'Ratio',
    seconds: 'Seconds',
    resolution: 'Resolution',
    preset: 'Preset',
    presets: { normal: 'Normal', fun: 'Fun', spicy: 'Spicy', custom: 'Custom' },
    reference: 'First picture',
    addReference: 'Choose a picture',
    create: 'Make the video',
    creating: 'Asking…',
    videos: 'Videos of this key',
    refresh: 'Refresh',
    statuses: {
      queued: 'Waiting',
      in_progress: 'Filming',
      completed: 'Done',
      failed: 'Failed',
    },
    progress: (percent) => `${formatNumber(percent)} %`,
    about: (seconds, size) => `${seconds} s · ${size}`,
    created: (at) => `Asked for on ${formatShortTime(at)}.`,
    expires: (at) => `Forgotten on ${formatShortTime(at)}.`,
    save: 'Save',
    remove: 'Delete',
    removeBody: 'A video under way is stopped; one that is done is forgotten.',
    removed: 'The video is deleted.',
    gone: 'This video cannot be shown any more.',
    more: 'Show older videos',
    empty: 'No videos yet',
    emptyHint: 'Write what happens, and make one. Videos of this key are listed here.',
  },
  zh: {
    title: '视频试用',
    hint: '像调用方一样，通过公开 API 生成视频。',
    prompt: '提示词',
    promptHint: '视频中发生什么',
    ratio: '比例',
    seconds: '秒数',
    resolution: '分辨率',
    preset: '预设',
    presets: { normal: '普通', fun: '趣味', spicy: '大胆', custom: '自定义' },
    reference: '首帧图片',
    addReference: '选择图片',
    create: '生成视频',
    creating: '提交中…',
    videos: '此密钥的视频',
    refresh: '刷新',
    statuses: { queued: '排队中', in_progress: '生成中', completed: '完成', failed: '失败' },
    progress: (percent) => `${formatNumber(percent)}%`,
    about: (seconds, size) => `${seconds} 秒 · ${size}`,
    created: (at) => `提交于 ${formatShortTime(at)}。`,
    expires: (at) => `将于 ${formatShortTime(at)} 删除。`,
    save: '保存',
    remove: '删除',
    removeBody: '正在生成的视频会停止，已完成的视频会被删除。',
    removed: '视频已删除。',
    gone: '该视频已无法播放。',
    more: '显示更早的视频',
    empty: '还没有视频',
    emptyHint: '描述内容并生成。此密钥的视频会显示在这里。',
  },
};
