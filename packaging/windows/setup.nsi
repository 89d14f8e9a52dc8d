; Installer for Windows, made by NSIS on any system. /D names: VERSION, STAGE (what the package holds), OUTPUT.
; Silent: setup.exe /S, and /NOADOBE leaves Premiere alone. Uninstall.exe /S takes away what this put there, and nothing else.

Unicode true
Target amd64-unicode
ManifestDPIAware true
RequestExecutionLevel admin
SetCompressor /SOLID lzma
SetDateSave off

!include "FileFunc.nsh"
!include "LogicLib.nsh"

Name "RunwayFX ${VERSION}"
OutFile "${OUTPUT}"
BrandingText " "
ShowInstDetails nevershow
InstallDir "$PROGRAMFILES64\RunwayFX"

VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "RunwayFX"
VIAddVersionKey FileDescription "RunwayFX setup"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey LegalCopyright "Copyright (c) 2026 The RunwayFX authors"

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\RunwayFX"
!define OFX_FOLDER "$COMMONFILES64\OFX\Plugins"

Page license
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles
LicenseData "${STAGE}/LICENSE"

Var AdobeFolder

Function .onInit
  SetRegView 64
  SetShellVarContext all
  ; Where the plug-ins look for the engine. Not to be chosen: the folder is emptied before files are put there.
  StrCpy $INSTDIR "$PROGRAMFILES64\RunwayFX"
FunctionEnd

Function un.onInit
  SetRegView 64
  SetShellVarContext all
  ; Where the plug-ins look for the engine. Not to be chosen: the folder is emptied before files are put there.
  StrCpy $INSTDIR "$PROGRAMFILES64\RunwayFX"
FunctionEnd

Section "RunwayFX"
  ; What an older version left must not lie among the new files.
  RMDir /r "$INSTDIR"
  RMDir /r "${OFX_FOLDER}\RunwayFX.ofx.bundle"

  SetOutPath "$INSTDIR"
  File /r "${STAGE}/engine/*"
  File "${STAGE}/LICENSE"
  File "${STAGE}/THIRD-PARTY-NOTICES.txt"
  SetOutPath "${OFX_FOLDER}\RunwayFX.ofx.bundle"
  File /r "${STAGE}/RunwayFX.ofx.bundle/*"

  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/NOADOBE" $1
  ${If} ${Errors}
    ReadRegStr $AdobeFolder HKLM "Software\Adobe\Premiere Pro\CurrentVersion" "CommonPluginInstallPath"
    ${If} $AdobeFolder == ""
      StrCpy $AdobeFolder "$PROGRAMFILES64\Adobe\Common\Plug-ins\7.0\MediaCore"
    ${EndIf}
    RMDir /r "$AdobeFolder\RunwayFX"
    SetOutPath "$AdobeFolder\RunwayFX"
    File /r "${STAGE}/RunwayFX/*"
    WriteRegStr HKLM "${UNINSTALL_KEY}" "AdobeFolder" "$AdobeFolder"
  ${EndIf}

  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayName" "RunwayFX"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "Publisher" "The RunwayFX authors"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\Uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  ReadRegStr $AdobeFolder HKLM "${UNINSTALL_KEY}" "AdobeFolder"
  ${If} $AdobeFolder != ""
    RMDir /r "$AdobeFolder\RunwayFX"
  ${EndIf}
  RMDir /r "${OFX_FOLDER}\RunwayFX.ofx.bundle"
  ; Only where they are empty: other plug-ins live there too.
  RMDir "${OFX_FOLDER}"
  RMDir "$COMMONFILES64\OFX"
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR"
  DeleteRegKey HKLM "${UNINSTALL_KEY}"
SectionEnd
