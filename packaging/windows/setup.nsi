; Installer for Windows, made by NSIS on any system. /D names: VERSION, STAGE (what the package holds), OUTPUT.
; Silent: setup.exe /S. /ALLUSERS or /CURRENTUSER says for whom (without either: for all where that is allowed), /NOADOBE leaves Premiere and After Effects
; alone. Uninstall.exe /S takes away what this put there, and nothing else.

Unicode true
Target amd64-unicode
ManifestDPIAware true
; Who is an administrator is asked to be one; everybody else installs for himself.
RequestExecutionLevel highest
SetCompressor /SOLID lzma
SetDateSave off

!include "FileFunc.nsh"
!include "LogicLib.nsh"
!include "nsDialogs.nsh"
!include "WinMessages.nsh"
!include "WordFunc.nsh"

Name "RunwayFX ${VERSION}"
OutFile "${OUTPUT}"
BrandingText " "
ShowInstDetails nevershow

VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "RunwayFX"
VIAddVersionKey FileDescription "RunwayFX setup"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey LegalCopyright "Copyright (c) 2026 The RunwayFX authors"

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\RunwayFX"
!define MEDIA_CORE "Adobe\Common\Plug-ins\7.0\MediaCore"
; Longer values of the environment are left alone: NSIS cuts texts at 1023 characters.
!define PATH_CHARACTERS_MAX 800

Page license
Page custom ChooseUsers ChooseUsersLeave
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles
LicenseData "${STAGE}/LICENSE"

Var AdobeFolder
Var OfxFolder
; 1 for all users of the machine, 0 for this one.
Var IsForAll
Var MayBeForAll
Var ForAllButton

; ---- for whom ------------------------------------------------------------------------------------------------------------------------------

; Where things lie: not to be chosen, because folders are emptied before files are put there and because the plug-ins look for the engine there.
!macro Place
  SetRegView 64
  ${If} $IsForAll == 1
    SetShellVarContext all
    StrCpy $INSTDIR "$PROGRAMFILES64\RunwayFX"
    StrCpy $OfxFolder "$COMMONFILES64\OFX\Plugins"
  ${Else}
    SetShellVarContext current
    StrCpy $INSTDIR "$LOCALAPPDATA\Programs\RunwayFX"
    StrCpy $OfxFolder "$LOCALAPPDATA\OFX\Plugins"
  ${EndIf}
!macroend

Function .onInit
  UserInfo::GetAccountType
  Pop $0
  StrCpy $MayBeForAll 0
  ${If} $0 == "Admin"
    StrCpy $MayBeForAll 1
  ${EndIf}
  StrCpy $IsForAll $MayBeForAll
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/CURRENTUSER" $1
  ${IfNot} ${Errors}
    StrCpy $IsForAll 0
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "/ALLUSERS" $1
  ${IfNot} ${Errors}
    StrCpy $IsForAll 1
    ${If} $MayBeForAll == 0
      ; ERROR_ELEVATION_REQUIRED
      SetErrorLevel 740
      MessageBox MB_OK|MB_ICONSTOP "To install RunwayFX for all users, run this setup as administrator." /SD IDOK
      Abort
    ${EndIf}
  ${EndIf}
  !insertmacro Place
FunctionEnd

Function ChooseUsers
  ${If} $MayBeForAll == 0
    Abort
  ${EndIf}
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateRadioButton} 0 0 100% 12u "Install for all users of this computer"
  Pop $ForAllButton
  ${NSD_CreateRadioButton} 0 16u 100% 12u "Install for me only"
  Pop $0
  ${If} $IsForAll == 1
    ${NSD_Check} $ForAllButton
  ${Else}
    ${NSD_Check} $0
  ${EndIf}
  nsDialogs::Show
FunctionEnd

Function ChooseUsersLeave
  ${NSD_GetState} $ForAllButton $0
  StrCpy $IsForAll 0
  ${If} $0 == ${BST_CHECKED}
    StrCpy $IsForAll 1
  ${EndIf}
  !insertmacro Place
FunctionEnd

Function un.onInit
  StrCpy $IsForAll 1
  SetShellVarContext current
  ${If} $INSTDIR == "$LOCALAPPDATA\Programs\RunwayFX"
    StrCpy $IsForAll 0
  ${EndIf}
  !insertmacro Place
FunctionEnd

; ---- Premiere Pro, After Effects, Media Encoder ----------------------------------------------------------------------------------------------

; Looks under the versions of a program for the folder that they share; leaves $AdobeFolder alone where one is known or none is named.
!macro FindMediaCore PROGRAM
  StrCpy $1 0
  ${Do}
    EnumRegKey $2 HKLM "Software\Adobe\${PROGRAM}" $1
    ${If} $2 == ""
    ${OrIf} $AdobeFolder != ""
      ${ExitDo}
    ${EndIf}
    ReadRegStr $AdobeFolder HKLM "Software\Adobe\${PROGRAM}\$2" "CommonPluginInstallPath"
    IntOp $1 $1 + 1
  ${Loop}
!macroend

Function FindAdobeFolder
  ${If} $IsForAll == 0
    StrCpy $AdobeFolder "$APPDATA\${MEDIA_CORE}"
    Return
  ${EndIf}
  ReadRegStr $AdobeFolder HKLM "Software\Adobe\Premiere Pro\CurrentVersion" "CommonPluginInstallPath"
  !insertmacro FindMediaCore "Premiere Pro"
  !insertmacro FindMediaCore "After Effects"
  ; Only a whole path is a folder.
  StrCpy $1 $AdobeFolder 2 1
  ${If} $1 != ":\"
    StrCpy $AdobeFolder "$PROGRAMFILES64\${MEDIA_CORE}"
  ${EndIf}
  StrCpy $1 $AdobeFolder 1 -1
  ${If} $1 == "\"
    StrCpy $AdobeFolder $AdobeFolder -1
  ${EndIf}
FunctionEnd

; ---- what is put where -----------------------------------------------------------------------------------------------------------------------

; A user's own folder is not one that OpenFX hosts look into by themselves: adds it ("+") to OFX_PLUGIN_PATH, or takes it out again ("-").
!macro ListOfxFolder SIGN
  ${If} $IsForAll == 0
    ReadRegStr $0 HKCU "Environment" "OFX_PLUGIN_PATH"
    StrLen $1 $0
    ${If} $1 < ${PATH_CHARACTERS_MAX}
      ${WordAdd} $0 ";" "${SIGN}$OfxFolder" $2
      ${If} $2 == ""
        DeleteRegValue HKCU "Environment" "OFX_PLUGIN_PATH"
      ${ElseIf} $2 != $0
        WriteRegExpandStr HKCU "Environment" "OFX_PLUGIN_PATH" $2
      ${EndIf}
      SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
    ${EndIf}
  ${EndIf}
!macroend

; ---- what runs -------------------------------------------------------------------------------------------------------------------------------

!macro CheckUnused FILE
  ${If} ${FileExists} "${FILE}"
    ClearErrors
    FileOpen $3 "${FILE}" a
    ${If} ${Errors}
      StrCpy $2 "${FILE}"
    ${Else}
      FileClose $3
    ${EndIf}
  ${EndIf}
!macroend

; Windows neither replaces nor deletes what runs: this user's engine is told to end, and what a host has loaded ends the setup before anything is touched.
!macro RequireUnused UN
Function ${UN}RequireUnused
  ${If} ${FileExists} "$INSTDIR\rfx.exe"
    nsExec::Exec /TIMEOUT=20000 '"$INSTDIR\rfx.exe" engine stop'
    Pop $0
  ${EndIf}
  ReadRegStr $AdobeFolder SHCTX "${UNINSTALL_KEY}" "AdobeFolder"
  StrCpy $1 0
  ${Do}
    StrCpy $2 ""
    !insertmacro CheckUnused "$INSTDIR\runwayfx-engine.exe"
    !insertmacro CheckUnused "$INSTDIR\rfx.exe"
    !insertmacro CheckUnused "$OfxFolder\RunwayFX.ofx.bundle\Contents\Win64\RunwayFX.ofx"
    ${If} $AdobeFolder != ""
      !insertmacro CheckUnused "$AdobeFolder\RunwayFX\RunwayFX.Premiere.dll"
    ${EndIf}
    ${If} $2 == ""
      ${ExitDo}
    ${EndIf}
    IntOp $1 $1 + 1
    ${If} $1 > 10
      ; ERROR_SHARING_VIOLATION
      SetErrorLevel 32
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$2 is in use.$\r$\n$\r$\nClose DaVinci Resolve, Nuke, Premiere Pro, After Effects and whatever else uses RunwayFX, then try again." /SD IDCANCEL IDRETRY again
      Abort "$2 is in use"
      again:
      SetErrorLevel -1
      StrCpy $1 0
    ${EndIf}
    Sleep 500
  ${Loop}
  StrCpy $AdobeFolder ""
FunctionEnd
!macroend

!insertmacro RequireUnused ""
!insertmacro RequireUnused "un."

Section "RunwayFX"
  Call RequireUnused
  ; What an older version left must not lie among the new files.
  RMDir /r "$INSTDIR"
  RMDir /r "$OfxFolder\RunwayFX.ofx.bundle"

  SetOutPath "$INSTDIR"
  File /r "${STAGE}/engine/*"
  File "${STAGE}/LICENSE"
  File "${STAGE}/THIRD-PARTY-NOTICES.txt"
  SetOutPath "$OfxFolder\RunwayFX.ofx.bundle"
  File /r "${STAGE}/RunwayFX.ofx.bundle/*"
  !insertmacro ListOfxFolder "+"

  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/NOADOBE" $1
  ${If} ${Errors}
    Call FindAdobeFolder
    ; A reinstallation goes on saying whose folder it was first.
    ReadRegDWORD $1 SHCTX "${UNINSTALL_KEY}" "AdobeFolderIsOurs"
    ${IfNot} ${FileExists} "$AdobeFolder\*.*"
    ${OrIf} $1 == 1
      WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "AdobeFolderIsOurs" 1
    ${EndIf}
    RMDir /r "$AdobeFolder\RunwayFX"
    SetOutPath "$AdobeFolder\RunwayFX"
    File /r "${STAGE}/RunwayFX/*"
    WriteRegStr SHCTX "${UNINSTALL_KEY}" "AdobeFolder" "$AdobeFolder"
  ${EndIf}

  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayName" "RunwayFX"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "Publisher" "The RunwayFX authors"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\Uninstall.exe"'
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  Call un.RequireUnused
  ReadRegStr $AdobeFolder SHCTX "${UNINSTALL_KEY}" "AdobeFolder"
  ${If} $AdobeFolder != ""
    RMDir /r "$AdobeFolder\RunwayFX"
    ReadRegDWORD $1 SHCTX "${UNINSTALL_KEY}" "AdobeFolderIsOurs"
    ${If} $1 == 1
      ; Here and below only folders that are empty go: other plug-ins live there too.
      RMDir "$AdobeFolder"
      RMDir "$AdobeFolder\.."
      RMDir "$AdobeFolder\..\.."
      RMDir "$AdobeFolder\..\..\.."
      RMDir "$AdobeFolder\..\..\..\.."
    ${EndIf}
  ${EndIf}
  RMDir /r "$OfxFolder\RunwayFX.ofx.bundle"
  RMDir "$OfxFolder"
  RMDir "$OfxFolder\.."
  !insertmacro ListOfxFolder "-"
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR"
  ${If} $IsForAll == 0
    RMDir "$LOCALAPPDATA\Programs"
  ${EndIf}
  DeleteRegKey SHCTX "${UNINSTALL_KEY}"
  ; Of what the engine wrote for the one who uninstalls it, models stay: they took long to come.
  SetShellVarContext current
  RMDir /r "$LOCALAPPDATA\runwayfx\cache"
  RMDir /r "$LOCALAPPDATA\runwayfx\log"
  RMDir "$LOCALAPPDATA\runwayfx"
SectionEnd
