/** Up to this many events get a notification each. Above it, one notification has their number. */
export const MOST_TOLD = 3;

/** The browser's permission for notifications of this page. Chrome on Android allows them only to service workers. */
export function mayTell(): NotificationPermission {
  return 'Notification' in globalThis ? Notification.permission : 'denied';
}

/**
 * Asks the reader for permission. Call it only after a click: browsers treat a page that asks by itself as a nuisance and refuse it
 * forever.
 */
export async function askToTell(): Promise<NotificationPermission> {
  return 'Notification' in globalThis ? Notification.requestPermission() : 'denied';
}

/**
 * Shows a notification that leads back to this tab. It names nobody, since it may appear on a locked screen. A new one replaces the last
 * with the same tag.
 */
export function tell(title: string, body: string, tag: string): void {
  if (mayTell() !== 'granted') return;
  try {
    const shown = new Notification(title, { body, tag, icon: '/console/icon-192.png' });
    shown.addEventListener('click', () => {
      window.focus();
      shown.close();
    });
  } catch {
    // Only service workers may show notifications here. The sound remains.
  }
}

/** Two soft tones, generated here, since a file would be one more to load. */
export class Chime {
  #audio: AudioContext | null = null;

  /** Call it in a click: before a click a browser plays nothing. */
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

/** Pitches in hertz, and the start of each tone in seconds. */
const TONES = [
  [660, 0],
  [880, 0.12],
] as const;
