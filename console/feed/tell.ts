/** So many are told one by one; of more only how many. */
export const MOST_TOLD = 3;

/** Whether the browser shows notifications of this page, or would if it were asked. Chrome on Android has them for service workers alone. */
export function mayTell(): NotificationPermission {
  return 'Notification' in globalThis ? Notification.permission : 'denied';
}

/** Asks the reader. Only after a click: browsers take a page that asks by itself for a nuisance, and answer no for ever. */
export async function askToTell(): Promise<NotificationPermission> {
  return 'Notification' in globalThis ? Notification.requestPermission() : 'denied';
}

/** Shows a notification that leads back to this tab. It names nobody: it may lie on a locked screen. Another one with the same tag takes its place. */
export function tell(title: string, body: string, tag: string): void {
  if (mayTell() !== 'granted') return;
  try {
    const shown = new Notification(title, { body, tag, icon: '/console/icon-192.png' });
    shown.addEventListener('click', () => {
      window.focus();
      shown.close();
    });
  } catch {
    // Where they are for service workers alone: there is the sound.
  }
}

/** Two soft tones, made here: a file would be one more to load. */
export class Chime {
  #audio: AudioContext | null = null;

  /** To be called in a click: a browser plays nothing before one. */
  open(): void {
    this.#audio ??= 'AudioContext' in globalThis ? new AudioContext() : null;
    void this.#audio?.resume();
  }

  ring(): void {
    this.open();
    const audio = this.#audio;
    if (audio?.state !== 'running') return;
    for (const [pitch, from] of TONES) {
      const tone = new OscillatorNode(audio, { frequency: pitch });
      const volume = new GainNode(audio, { gain: 0.08 });
      const at = audio.currentTime + from;
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.4);
    }
  }
}

/** Pitches in hertz, and when each begins, in seconds. */
const TONES = [
  [660, 0],
  [880, 0.12],
] as const;
