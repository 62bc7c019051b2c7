#!/usr/bin/env bash
# Fetches the bilingual texts that distill_model.py reads with --catalogues DIR.
#
#   scripts/fetch_corpora.sh DIR
#
# Debian packages carry thousands of sentences in English and Japanese: message
# catalogues, package descriptions, help pages. They are downloaded and unpacked
# under DIR, never installed. Needs apt-get and dpkg-deb (Debian or Ubuntu).
# Run again after an interruption: packages already unpacked are skipped.
set -euo pipefail

if [[ $# -ne 1 ]]; then
  echo "usage: $0 DIR" >&2
  exit 2
fi
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || { echo "$0: needs $tool" >&2; exit 2; }
done

PACKAGES=(
  # help pages, aligned by file and paragraph
  libreoffice-help-ja libreoffice-help-en-us gnome-user-docs
  # English example sentences
  wordnet-base
  # message catalogues
  libreoffice-l10n-ja wordpress-l10n mediawiki phpmyadmin
  postgresql-15 postgresql-client-15 libpq5 subversion libsvn1 mercurial-common git
  gcc-12-locales binutils-common gdb gettext bison make gawk util-linux-locales
  coreutils bash grep sed tar diffutils findutils wget nano gnupg-l10n cups-common
  apt dpkg aptitude-common synaptic debconf-i18n libvirt0 libvirt-l10n virt-manager
  network-manager network-manager-gnome network-manager-l10n iso-codes gutenprint-locales
  libglib2.0-data libgtk-3-common libgtk-4-common libgtk2.0-common
  gimp-data inkscape darktable blender-data audacity hugin-data scribus-data
  nautilus-data evolution-common evolution-data-server-common gnome-control-center-data
  gnome-shell-common gnome-software-common epiphany-browser-data totem-common rhythmbox-data
  gedit-common glade anjuta-common gnome-builder gnumeric-common abiword-common gnucash-common
  homebank-data solfege lilypond-data tuxpaint stellarium-data wesnoth-1.16-data
  supertuxkart-data freeciv-data gnome-terminal-data gnome-boxes gnome-calendar gnome-maps
  kate5-data kdevelop-data konsole dolphin okular k3b-data digikam-data krita-l10n krita-data
  kdenlive-data kstars-data marble-data plasma-desktop-data plasma-workspace-data umbrello
  kmail korganizer kontact akregator ktorrent-data kgpg ark kcalc kompare kaddressbook
  kdepim-runtime libkf5kio-dev kio libkf5xmlgui-data libkf5i18n-data libkf5texteditor5-katepart
  libkf5configwidgets-data libkf5newstuff-data kinfocenter systemsettings kwin-data
  amarok-common calligra-libs calligrasheets calligrawords kmymoney-common skrooge-common
  kile gparted grsync filezilla-common transmission-gtk deluge-common pidgin-data hexchat-common
  xchat-gnome-common xfce4-settings xfce4-session thunar-data mousepad mate-control-center-common
  caja-common pluma-common atril-common eom-common gpodder brasero-common shotwell-common
  simple-scan cheese-common gnome-tweaks seahorse evince-common file-roller rednotebook
  tracker-extract xscreensaver-data fontforge-common vlc-l10n quodlibet ardour-data
  geany geany-common poedit codeblocks-common bluefish-data meld ghex gtkhash
  zim gramps planner dia-common workrave liferea-data gnote gnome-chess
  gcompris-qt-data kanagram khangman kalzium-data step cantor parley kwordquiz kgeography-data
  kturtle rocs lokalize ktouch-data klettres-data kiten minuet blinken
)

root=$(mkdir -p "$1" && cd "$1" && pwd)
mkdir -p "$root/lists/partial" "$root/archives/partial" "$root/files"
apt=(apt-get -o "Dir::State::lists=$root/lists" -o "Dir::Cache=$root/archives"
  -o Acquire::Languages=en,ja -o APT::Sandbox::User=root -qq)

"${apt[@]}" update
for package in "${PACKAGES[@]}"; do
  [[ -d "$root/files/$package" ]] && continue
  rm -f "$root"/*.deb
  if ! (cd "$root" && "${apt[@]}" download "$package" 2>/dev/null); then
    echo "not in this release, skipped: $package" >&2
    continue
  fi
  rm -rf "$root/unpacking"
  dpkg-deb -x "$root"/*.deb "$root/unpacking"
  # Only text is kept: catalogues, help pages and the word net.
  find "$root/unpacking" -type f ! -path '*/ja/*' ! -path '*/C/*' ! -path '*/help/*' \
    ! -path '*/wordnet/*' ! -path '*/i18n/*' ! -name 'ja.mo' ! -name 'copyright' -delete
  mv "$root/unpacking" "$root/files/$package"
  rm -f "$root"/*.deb
done
echo "unpacked under $root/files"
